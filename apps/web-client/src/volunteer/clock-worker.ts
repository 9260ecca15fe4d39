/** Timers that go on in a background tab: a page's own are slowed to one a minute, a worker's are not. */
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
