import type { LeftOut } from "../../data/left-out.ts";
import { plural } from "../../ui/format.ts";

type Props = { readonly groups: readonly LeftOut[]; readonly things: "file" | "row" };

/** What was left out, by why: the reason and what to do at once, the names on demand. */
export function LeftOutList({ groups, things }: Props) {
  if (groups.length === 0) return null;
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  return (
    <section class="stack left-out" aria-labelledby="left-out" data-testid="left-out" data-count={count}>
      <h4 id="left-out">{plural(count, things)} left out</h4>
      <ul class="stack-tight">
        {groups.map((group) => (
          <li key={`${group.folder}/${group.words}`}>
            <Group group={group} things={things} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Group({ group, things }: { readonly group: LeftOut } & Pick<Props, "things">) {
  const { words, folder, count, names } = group;
  const more = count - names.length;
  return (
    <details>
      <summary>
        {plural(count, things)}
        {folder === "" ? "" : ` in “${folder}”`}: <span class="soft">{words}</span>
      </summary>
      <ul class="small names">
        {names.map((name) => (
          <li key={name}>{name}</li>
        ))}
        {more > 0 && <li class="soft">and {plural(more, things)} more</li>}
      </ul>
    </details>
  );
}
