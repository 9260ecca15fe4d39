-- Models are measured by several figures, and by the volunteers of a round too, each on examples that it holds out.

-- A regression has no accuracy. Evaluations from before have no other figures than accuracy and loss.
alter table evaluations alter column accuracy drop not null;
alter table evaluations add column measurement jsonb;

-- Of the snapshot that the round started from.
alter table participations add column evaluation jsonb;

-- Of all its volunteers together, since the round was closed.
alter table rounds add column federated jsonb;
