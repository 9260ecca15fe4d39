/** The shell around the router: the browser's history, and clicks on links to the dashboard's own addresses. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { formatRoute, parseRoute, type Route } from "./router.ts";

const current = signal<Route>(parseRoute(location.pathname));
/** The page that is open. One for the whole dashboard, as the browser has one address. */
export const route: ReadonlySignal<Route> = current;

/** Opens a page as a new entry of the browser's history. */
export function go(to: Exclude<Route, { page: "unknown" }>): void {
  history.pushState(null, "", formatRoute(to));
  arrive();
}

/** Plain clicks stay in the page. The browser does everything else: new tabs, downloads, other addresses. */
export function listenToLinks(): void {
  addEventListener("popstate", arrive);
  document.addEventListener("click", (event) => {
    if (!isPlainClick(event)) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (link === null || !staysHere(link)) return;
    const to = parseRoute(link.pathname);
    if (to.page === "unknown") return;
    event.preventDefault();
    go(to);
  });
}

function isPlainClick(event: MouseEvent): boolean {
  const hasModifier = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  return event.button === 0 && !hasModifier && !event.defaultPrevented;
}

function staysHere(link: HTMLAnchorElement): boolean {
  const leadsElsewhere =
    link.origin !== location.origin || link.target !== "" || link.hasAttribute("download");
  const isOnThisPage = link.getAttribute("href")?.startsWith("#") === true;
  return !leadsElsewhere && !isOnThisPage;
}

function arrive(): void {
  current.value = parseRoute(location.pathname);
  scrollTo(0, 0);
  document.getElementById("main")?.focus();
}
