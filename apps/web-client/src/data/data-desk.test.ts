import { fashionMnistTask, type RunSummary, smallPlan } from "@tributary/protocol";
import { expect, test } from "vitest";
import { createDataDesk, type DataPort } from "./data-desk.ts";
import type { DataCommand, DataReport, ReadData } from "./data-messages.ts";
import type { FolderFile } from "./folder-entries.ts";

function run(id: string, classes: string[]): RunSummary {
  const plan = { ...smallPlan, task: { ...fashionMnistTask, id, classes } };
  const activity = { state: "waiting", available: 0, needed: 1 } as const;
  const since = { createdAt: "2026-01-01T00:00:00Z", completedRounds: 0, connectedVolunteers: 0 };
  return { id, name: id, plan, activity, ...since };
}

type Port = { readonly sent: DataCommand[]; isClosed: boolean; readonly say: (report: DataReport) => void };

/** A desk whose workers do nothing by themselves. */
function openDesk() {
  const ports: Port[] = [];
  const desk = createDataDesk((onReport): DataPort => {
    const port: Port = { sent: [], isClosed: false, say: onReport };
    ports.push(port);
    return {
      send: (command) => void port.sent.push(command),
      close: () => {
        port.isClosed = true;
      },
    };
  });
  return { desk, ports };
}

function read(count: number): ReadData {
  const labels = new Uint8Array(count);
  return {
    dataset: {
      kind: "images",
      image: [4, 4, 1],
      classes: 2,
      count,
      pixels: new Uint8Array(16 * count),
      labels,
    },
    summary: { count, held: 0, classes: [{ count, held: 0 }] },
    found: { kind: "pictures", undecided: [], leftOut: [], previews: [] },
  };
}

const photos = (count: number): readonly FolderFile[] =>
  Array.from({ length: count }, (_, at) => ({ path: `cat/${at}.png`, file: new File([], `${at}.png`) }));

/** Slices that come when the test lets them. */
function slowSlices() {
  const waiting: ((files: readonly FolderFile[] | null) => void)[] = [];
  const next = () => new Promise<readonly FolderFile[] | null>((resolve) => waiting.push(resolve));
  async function* slices() {
    for (let files = await next(); files !== null; files = await next()) yield files;
  }
  const give = async (files: readonly FolderFile[] | null) => {
    waiting.shift()?.(files);
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { slices: slices(), give };
}

test("[E36] another run ends the reading of 500 photos: nothing of them reaches the new run", async () => {
  const { desk, ports } = openDesk();
  desk.openRun(run("first", ["cat", "dog"]));
  const { slices, give } = slowSlices();
  const adding = desk.addFolder(slices);
  await give(photos(250));
  expect(desk.state.value.activity).toEqual({ phase: "listing", found: 250 });
  const reading = desk.state.value.reading;

  desk.openRun(run("second", ["owl", "fox"]));
  const [first, second] = ports;
  expect([first?.isClosed, second?.isClosed]).toEqual([true, false]);
  await give(photos(250));
  await adding;
  expect(second?.sent.map(({ type }) => type)).toEqual(["open"]);

  // What the old worker says, or the new one of an old reading, is dropped.
  first?.say({ type: "read", reading, data: read(500) });
  first?.say({ type: "read", reading: desk.state.value.reading, data: read(500) });
  second?.say({ type: "read", reading, data: read(500) });
  expect(desk.state.value).toMatchObject({ run: "second", data: null, activity: { phase: "idle" } });
});

test("[E36] Cancel keeps what was read before, and takes the half of the list that was posted out again", async () => {
  const { desk, ports } = openDesk();
  desk.openRun(run("only", ["cat", "dog"]));
  const port = ports[0] as Port;
  await desk.addFolder(
    (async function* () {
      yield photos(3);
    })(),
  );
  port.say({ type: "read", reading: desk.state.value.reading, data: read(3) });
  const { slices, give } = slowSlices();
  const adding = desk.addFolder(slices);
  await give(photos(100));
  const reading = desk.state.value.reading;
  desk.cancel();
  await give(photos(100));
  await adding;
  expect(port.sent.filter(({ type }) => type === "add-pictures")).toHaveLength(2);
  expect(port.sent.at(-1)).toEqual({ type: "cancel", reading });
  expect(desk.state.value).toMatchObject({ activity: { phase: "idle" }, data: { summary: { count: 3 } } });
});

test("[E37] a folder's choice is sent with the next reading, and a table is read again with every choice", () => {
  const { desk, ports } = openDesk();
  desk.openRun(run("only", ["cat", "dog"]));
  desk.mapFolder("rex", 1);
  desk.mapFolder("tom", null);
  expect(ports[0]?.sent.at(-1)).toMatchObject({ type: "read-pictures", mapping: { rex: 1, tom: null } });
  const file = new Blob(["a;b"]);
  desk.readTable(file);
  const header = ["Income"];
  const question = { kind: "columns", undecided: [], unused: header } as const;
  ports[0]?.say({ type: "asked", reading: desk.state.value.reading, question, header });
  expect(desk.state.value.activity.phase).toBe("asking");
  desk.chooseTable({ columns: { income: "Income" } });
  expect(ports[0]?.sent.at(-1)).toMatchObject({
    type: "read-table",
    choices: { columns: { income: "Income" } },
  });
});

test("[E36] a worker that breaks is said, and the next reading has a new one", () => {
  let breakIt: (reason: string) => void = () => undefined;
  let opened = 0;
  const desk = createDataDesk((_, onBroken) => {
    opened++;
    breakIt = onBroken;
    return { send: () => undefined, close: () => undefined };
  });
  desk.openRun(run("only", ["cat", "dog"]));
  desk.readKept();
  breakIt("its script did not load");
  expect(desk.state.value.activity).toEqual({ phase: "failed", reason: "its script did not load" });
  desk.readKept();
  expect(opened).toBe(2);
});
