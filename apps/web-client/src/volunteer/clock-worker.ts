/** Timers that keep their pace in a background tab. Browsers slow a page's own timers there to one per minute. */
import type { ClockCommand } from "./clock.ts";

const running = new Map<number, ReturnType<typeof setTimeout>>();

addEventListener("message", ({ data }: MessageEvent<ClockCommand>) => {
  switch (data.type) {
    case "start": {
      const { id, ms } = data;
      const ring = () => {
        running.delete(id);
        postMessage(id);
      };
      running.set(id, setTimeout(ring, ms));
      return;
    }
    case "cancel":
      clearTimeout(running.get(data.id));
      running.delete(data.id);
      return;
    default:
      data satisfies never;
  }
});
