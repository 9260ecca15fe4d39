/** The shell of the router: the browser's history, and clicks on links to the dashboard's own addresses. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { formatRoute, parseRoute, type Route } from "./router.ts";

const current = signal<Route>(parseRoute(location.pathname));
export const route: ReadonlySignal<Route> = current;

export function go(to: Exclude<Route, { page: "unknown" }>): void {
  history.pushState(null, "", formatRoute(to));
  arrive();
}

/** Plain clicks stay in the page; everything else (new tab, download, other address) is the browser's. */
export function listenToLinks(): void {
  addEventListener("popstate", arrive);
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (
      link === null ||
      link.origin !== location.origin ||
      link.hasAttribute("download") ||
      link.target !== ""
    )
      return;
    if (link.getAttribute("href")?.startsWith("#") === true) return;
    const to = parseRoute(link.pathname);
    if (to.page === "unknown") return;
    event.preventDefault();
    go(to);
  });
}

function arrive(): void {
  current.value = parseRoute(location.pathname);
  scrollTo(0, 0);
  document.getElementById("main")?.focus();
}
