import type { ComponentChildren } from "preact";

/** The head of both pages: the wordmark, with the page's own links beside it. */
export function Masthead({
  home,
  children,
}: {
  readonly home: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <header class="masthead">
      <a class="skip-link" href="#main">
        Skip to content
      </a>
      <a class="wordmark" href={home}>
        <Emblem />
        Tributary
      </a>
      {children}
    </header>
  );
}

/** Three streams that become one. */
function Emblem() {
  return (
    <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true">
      <path
        d="M3 6c7 0 7 10 13 10h13M3 16h13M3 26c7 0 7-10 13-10"
        fill="none"
        stroke="currentColor"
        stroke-width="3"
        stroke-linecap="round"
      />
    </svg>
  );
}
