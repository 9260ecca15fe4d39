-- A plan's strategy says how clients train and updates combine; DynaFed stands beside it and composes with each.

update runs
set plan = case
  when plan #>> '{strategy,kind}' = 'dynafed'
    then plan || jsonb_build_object('strategy', '{"kind": "fedavg"}'::jsonb, 'dynafed', (plan -> 'strategy') - 'kind')
  else plan || '{"dynafed": null}'::jsonb
end
where plan -> 'dynafed' is null;
