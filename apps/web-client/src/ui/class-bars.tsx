type Props = { readonly perClass: readonly number[]; readonly classNames: readonly string[] };

/** Small bars: how many examples there are of each class. A screen reader reads the counts. */
export function ClassBars({ perClass, classNames }: Props) {
  const most = Math.max(1, ...perClass);
  const words = perClass
    .map((count, label) => ({ count, name: classNames[label] ?? `class ${label}` }))
    .filter(({ count }) => count > 0)
    .map(({ count, name }) => `${name} ${count}`)
    .join(", ");

  return (
    <svg
      class="bars"
      viewBox={`0 0 ${perClass.length * barWidth} ${barHeight}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={words === "" ? "no examples" : words}
    >
      <title>{words}</title>
      {perClass.map((count, label) => (
        <Bar key={label} label={label} share={count / most} />
      ))}
    </svg>
  );
}

const barWidth = 10;
const barHeight = 30;

/** An empty class keeps a faint line in its place. */
function Bar({ label, share }: { readonly label: number; readonly share: number }) {
  const height = share === 0 ? 1 : Math.max(2, share * barHeight);
  return (
    <rect
      x={label * barWidth + 1}
      y={barHeight - height}
      width={barWidth - 2}
      height={height}
      fill="currentColor"
      opacity={share === 0 ? 0.3 : 1}
    />
  );
}
