-- What volunteers say of their columns before a run trains: counts, sums and sums of squares, one set for each of them.

create table statistics (
  run text not null references runs (run) on delete cascade,
  contributor text not null check (contributor ~ '^[a-z0-9-]{16,64}$'),
  figures jsonb not null,
  at timestamptz not null default now(),
  primary key (run, contributor)
);
