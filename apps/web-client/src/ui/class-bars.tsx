/** How many examples of each class, as small bars; the words beside them say the same to a screen reader. */
export function ClassBars({
  perClass,
  classNames,
}: {
  readonly perClass: readonly number[];
  readonly classNames: readonly string[];
}) {
  const most = Math.max(1, ...perClass);
  const words = perClass
    .map((count, index) => ({ count, name: classNames[index] ?? `class ${index}` }))
    .filter(({ count }) => count > 0)
    .map(({ count, name }) => `${name} ${count}`)
    .join(", ");

  return (
    <svg
      class="bars"
      viewBox={`0 0 ${perClass.length * 10} 30`}
      preserveAspectRatio="none"
      role="img"
      aria-label={words === "" ? "no examples" : words}
    >
      <title>{words}</title>
      {perClass.map((count, index) => {
        const height = count === 0 ? 1 : Math.max(2, (count / most) * 30);
        return (
          <rect
            key={index}
            x={index * 10 + 1}
            y={30 - height}
            width={8}
            height={height}
            fill="currentColor"
            opacity={count === 0 ? 0.3 : 1}
          />
        );
      })}
    </svg>
  );
}
