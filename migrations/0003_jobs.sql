-- Heavy numerics: a queue that compute processes work with a lease, and what finished jobs leave.

create table jobs (
  id bigint generated always as identity primary key,
  run text not null references runs on delete cascade,
  kind text not null check (kind in ('evaluate', 'synthesize', 'refine')),
  round integer not null check (round >= 0),
  snapshot text check (snapshot ~ '^[0-9a-f]{64}$'),
  state text not null default 'queued' check (state in ('queued', 'working', 'done', 'failed')),
  -- Tries that ended with a reason.
  failures integer not null default 0,
  -- Tries whose worker went silent, since the last checkpoint.
  losses integer not null default 0,
  worker text,
  lease_until timestamptz,
  checkpoint bytea,
  progress jsonb,
  failure text,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  unique nulls not distinct (run, kind, round, snapshot),
  check ((kind = 'synthesize') = (snapshot is null)),
  check ((state = 'working') = (worker is not null)),
  check ((state = 'working') = (lease_until is not null)),
  check ((state in ('done', 'failed')) = (finished_at is not null))
);
alter table jobs alter column checkpoint set storage external;
create index jobs_to_do on jobs (id) where state in ('queued', 'working');

create table evaluations (
  run text not null references runs on delete cascade,
  round integer not null,
  snapshot text not null check (snapshot ~ '^[0-9a-f]{64}$'),
  accuracy double precision not null,
  loss double precision not null,
  primary key (run, round, snapshot)
);

create table synthetic_sets (
  run text not null references runs on delete cascade,
  round integer not null,
  images_per_class integer not null check (images_per_class >= 1),
  images bytea not null,
  label_logits bytea not null,
  inner_step double precision not null,
  created_at timestamptz not null default now(),
  primary key (run, round)
);
alter table synthetic_sets alter column images set storage external;
