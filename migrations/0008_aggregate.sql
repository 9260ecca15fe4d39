-- One word for what a round's updates combine to: the aggregate.

alter table snapshots drop constraint snapshots_kind_check;
update snapshots set kind = 'aggregate' where kind = 'averaged';
alter table snapshots add constraint snapshots_kind_check check (kind in ('initial', 'aggregate', 'refined'));

update journal
  set event = event - 'averaged' || jsonb_build_object('aggregate', event -> 'averaged')
  where event ->> 'type' = 'aggregated';
