-- Admin tokens, by their hash only, and what was done with them.

create table tokens (
  token_hash text primary key check (token_hash ~ '^[0-9a-f]{64}$'),
  label text not null,
  created_at timestamptz not null default now()
);

-- No foreign key to runs: the log outlives what it speaks of.
create table audit (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  actor text not null,
  action text not null,
  run text,
  detail text not null
);
