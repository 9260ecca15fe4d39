-- Networks read tables too: an MLP says its input, outputs and loss, preprocessing is per channel, and DynaFed's
-- augmentation is a choice. Runs made before compute the same numbers as before.

update runs
set plan = jsonb_set(
  jsonb_set(
    plan,
    '{preprocessing}',
    jsonb_build_object(
      'mean',
      to_jsonb(
        array_fill(
          (plan #>> '{preprocessing,mean}')::numeric,
          array[(plan #>> '{network,image,2}')::integer]
        )
      ),
      'std',
      to_jsonb(
        array_fill(
          (plan #>> '{preprocessing,std}')::numeric,
          array[(plan #>> '{network,image,2}')::integer]
        )
      )
    )
  ),
  '{network}',
  case
    when plan #>> '{network,kind}' = 'mlp'
      then ((plan -> 'network') - 'image' - 'classes') || jsonb_build_object(
        'input', plan #> '{network,image}',
        'outputs', plan #> '{network,classes}',
        'loss', 'cross-entropy'
      )
    else plan -> 'network'
  end
)
where jsonb_typeof(plan #> '{preprocessing,mean}') = 'number';

update runs
set plan = jsonb_set(
  plan,
  '{dynafed}',
  (plan -> 'dynafed') || jsonb_build_object(
    'augment', case when (plan #>> '{dynafed,augment}')::boolean then 'siamese' else 'none' end,
    'noiseStd', 0
  )
)
where jsonb_typeof(plan #> '{dynafed,augment}') = 'boolean';
