-- A task says what is learned, from what data, and who asks for it. Its versions are never changed, only added to.

create table tasks (
  task text not null check (task ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
  version integer not null check (version >= 1),
  definition jsonb not null,
  created_at timestamptz not null default now(),
  primary key (task, version)
);

-- A plan holds the version of the task that it trains. Plans made before get a task of their own, named after the run.
update runs
set plan = (plan - 'network' - 'classNames' - 'preprocessing') || jsonb_build_object(
  'task', jsonb_build_object(
    'kind', 'image-classification',
    'id', 'run-' || left(run, 50) || '-' || left(md5(run), 8),
    'version', 1,
    'texts', jsonb_build_object(
      'title', name, 'purpose', 'A run from before tasks had texts.', 'asker', 'The operators of this server',
      'contact', '', 'notFor', '', 'licence', ''
    ),
    'image', coalesce(plan #> '{network,image}', plan #> '{network,input}'),
    'picture', '{
      "fit": "crop", "resize": "area-mean", "background": [255, 255, 255], "grey": [0.299, 0.587, 0.114]
    }'::jsonb,
    'scale', plan -> 'preprocessing',
    'classes', plan -> 'classNames',
    'network', (plan -> 'network') - '{image,classes,input,outputs,loss}'::text[],
    'evaluation', '{"holdOut": 0, "headline": "accuracy"}'::jsonb
  )
)
where plan -> 'task' is null;

insert into tasks (task, version, definition)
select plan #>> '{task,id}', 1, (plan -> 'task') - 'version' from runs
on conflict do nothing;
