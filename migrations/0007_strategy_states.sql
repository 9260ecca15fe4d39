-- What a strategy's server remembers after a round: named vectors as little-endian float32 bytes. Kept for every round,
-- as the updates are, so that any round's model can be computed again.

create table strategy_states (
  run text not null references runs on delete cascade,
  round integer not null check (round >= 1),
  name text not null check (length(name) between 1 and 64),
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  vector bytea not null,
  primary key (run, round, name)
);
alter table strategy_states alter column vector set storage external;
create index strategy_states_by_hash on strategy_states (run, hash);
