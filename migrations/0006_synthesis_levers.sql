-- DynaFed's settings gained levers beyond the paper; the runs made before them go on as the paper has it.

update runs
set plan = jsonb_set(
  plan,
  '{dynafed}',
  '{
    "labels": "learned", "recursion": "exact", "target": "average", "targetDecay": 0, "curriculum": 0,
    "skipAbove": 0, "imageAverage": 0, "patience": 0, "refreshEvery": 0, "refreshIterations": 1,
    "refineDecay": 1, "refineShare": 1
  }'::jsonb || (plan -> 'dynafed')
)
where jsonb_typeof(plan -> 'dynafed') = 'object';
