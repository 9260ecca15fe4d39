-- Who took part in which round, and with what.

create table volunteers (
  run text not null references runs on delete cascade,
  volunteer text not null check (volunteer ~ '^[a-z0-9-]{1,64}$'),
  -- SHA-256 of the resume token; the token itself is only with the volunteer.
  token_hash text not null check (token_hash ~ '^[0-9a-f]{64}$'),
  device text not null,
  backend text not null,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  rounds_reported integer not null default 0 check (rounds_reported >= 0),
  bytes_up bigint not null default 0 check (bytes_up >= 0),
  bytes_down bigint not null default 0 check (bytes_down >= 0),
  primary key (run, volunteer),
  unique (run, token_hash)
);

-- An abandoned round keeps its number; the next round has the next one.
create table rounds (
  run text not null references runs on delete cascade,
  round integer not null check (round >= 1),
  outcome text not null default 'open' check (outcome in ('open', 'aggregated', 'abandoned')),
  start_snapshot text not null check (start_snapshot ~ '^[0-9a-f]{64}$'),
  started_at timestamptz not null,
  closed_at timestamptz,
  primary key (run, round),
  check ((outcome = 'open') = (closed_at is null))
);

create table participations (
  run text not null,
  round integer not null,
  volunteer text not null,
  outcome text not null default 'asked' check (outcome in ('asked', 'reported', 'dropped')),
  examples integer check (examples >= 1),
  loss double precision,
  accuracy double precision,
  training_ms bigint check (training_ms >= 0),
  update_hash text check (update_hash ~ '^[0-9a-f]{64}$'),
  bytes_up bigint not null default 0 check (bytes_up >= 0),
  bytes_down bigint not null default 0 check (bytes_down >= 0),
  asked_at timestamptz not null,
  ended_at timestamptz,
  primary key (run, round, volunteer),
  foreign key (run, round) references rounds on delete cascade,
  foreign key (run, volunteer) references volunteers on delete cascade,
  check ((outcome = 'reported') = (update_hash is not null)),
  check ((outcome = 'asked') = (ended_at is null))
);
create index participations_by_volunteer on participations (run, volunteer);

-- The deltas exactly as they travelled.
create table updates (
  run text not null,
  round integer not null,
  volunteer text not null,
  dtype text not null check (dtype in ('float32', 'float16')),
  delta bytea not null,
  primary key (run, round, volunteer),
  foreign key (run, round, volunteer) references participations on delete cascade
);
alter table updates alter column delta set storage external;

-- Updates that were not used, also of volunteers outside the cohort and of rounds that never were.
create table refusals (
  run text not null references runs on delete cascade,
  round bigint not null,
  volunteer text not null,
  reason text not null,
  detail text not null,
  times integer not null default 1,
  at timestamptz not null default now(),
  primary key (run, round, volunteer, reason)
);
