-- A run, its models and its journal. Everything of a run goes when the run goes.

create table runs (
  run text primary key check (run ~ '^[a-z0-9-]{1,64}$'),
  name text not null check (length(name) between 1 and 120),
  plan jsonb not null,
  created_at timestamptz not null default now()
);

-- Every event of the run's round machine; replaying them in order gives its state.
create table journal (
  run text not null references runs on delete cascade,
  sequence integer not null check (sequence >= 1),
  event jsonb not null,
  at timestamptz not null default now(),
  primary key (run, sequence)
);

-- Models as little-endian float32 bytes. The same bytes may be the model of several rounds.
create table snapshots (
  run text not null references runs on delete cascade,
  round integer not null check (round >= 0),
  kind text not null check (kind in ('initial', 'averaged', 'refined')),
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  parameters bytea not null,
  created_at timestamptz not null default now(),
  primary key (run, round, kind),
  check ((kind = 'initial') = (round = 0))
);
-- Weights do not compress: store them as they are, outside the row.
alter table snapshots alter column parameters set storage external;
create index snapshots_by_hash on snapshots (run, hash);
