import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { classSizes, datasetFromIdx, formatIdx, parseRowFile } from "@tributary/datasets";
import { openDatasets } from "@tributary/datasets/node";
import { pictureBytes } from "@tributary/datasets/testing";
import {
  DatasetList,
  definitionOf,
  type Plan,
  type SampleData,
  ShardList,
  sampleOf,
  settingsOf,
} from "@tributary/protocol";
import { taskOfNetwork } from "@tributary/protocol/testing";
import { Value } from "typebox/value";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestServer, type TestServer, testPlan } from "../../testing/http-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
  await putUnequal();
  await putPhotos();
});
afterAll(() => server.close());

async function put(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(join(server.datasets, path)), { recursive: true });
  await writeFile(join(server.datasets, path), bytes);
}

/** 300, 60 and 30 examples of the labels 1, 2 and 4: none of 0 and 3. */
async function putUnequal(): Promise<void> {
  for (const [part, times] of [
    ["train", 30],
    ["t10k", 3],
  ] as const) {
    const labels = [1, 2, 4].flatMap((label, at) => new Array<number>([10, 2, 1][at] as number).fill(label));
    const all = Uint8Array.from({ length: 13 * times }, (_, at) => labels[at % 13] as number);
    await put(
      `unequal/${part}-images.idx3-ubyte`,
      formatIdx([all.length, 6, 5], new Uint8Array(30 * all.length)),
    );
    await put(`unequal/${part}-labels.idx1-ubyte`, formatIdx([all.length], all));
  }
}

/** Pictures of several sizes and formats, in folders for two of three classes. */
async function putPhotos(): Promise<void> {
  for (const [at, file] of ["exif-6.jpg", "lossy.webp", "24-bit.bmp", "grey8.png"].entries()) {
    for (const name of ["one", "TWO"]) {
      await put(`photos/train/${name}/${at}`, pictureBytes(`made/${file}`));
      await put(`photos/test/${name}/${at}.x`, pictureBytes(`made/${file}`));
    }
  }
  for (const number of [1, 2, 3]) await put(`numbers/${number}/a.png`, pictureBytes("made/grey8.png"));
  for (const number of [1, 2, 3]) await put(`numbers/${number}/b.png`, pictureBytes("made/grey8.png"));
}

function planOn(dataset: string, sample: Partial<SampleData>, classes: readonly string[]): Plan {
  const { task } = testPlan;
  if (task.kind !== "image-classification") throw new Error("expected a task on pictures");
  return {
    ...testPlan,
    task: { ...task, classes: [...classes] },
    sample: { ...sampleOf(testPlan), dataset, ...sample },
  };
}

const post = (url: string, payload: object) =>
  server.app.inject({ method: "POST", url, headers: server.operator, payload });
const create = async (plan: Plan) => {
  const task = (await post("/api/admin/tasks", definitionOf(plan.task))).json();
  return post("/api/admin/runs", { name: "Data", task, plan: settingsOf(plan) });
};

async function shardsOf(run: string) {
  const list = await server.app.inject(`/api/runs/${run}/shards`);
  expect([list.statusCode, Value.Errors(ShardList, list.json())]).toEqual([200, []]);
  const parts = [];
  for (const { index } of (list.json() as ShardList).shards) {
    const files = [];
    for (const part of ["images", "labels"]) {
      const answer = await server.app.inject(`/api/runs/${run}/shards/${index}/${part}`);
      expect(answer.statusCode).toBe(200);
      files.push(gunzipSync(answer.rawPayload));
    }
    parts.push(datasetFromIdx(files[0] as Buffer, files[1] as Buffer, 5));
  }
  return parts;
}

describe("the server's own data", () => {
  test("[H36] classes of unequal size, missing ones and labels that begin at 1 become shards with the classes' shares", async () => {
    const plan = planOn("unequal", { train: 195, test: 13 }, ["a", "b", "c", "d", "e"]);
    const created = await create(plan);
    expect(created.statusCode).toBe(201);
    const shards = await shardsOf(created.json().id);
    const sizes = shards.map(classSizes);
    expect(sizes[0]?.map((_, label) => sizes.reduce((sum, one) => sum + (one[label] ?? 0), 0))).toEqual([
      0, 150, 30, 0, 15,
    ]);
  });

  test("[H36] photos of several sizes are a data set for any task that has their classes", async () => {
    const list = await server.app.inject({ url: "/api/admin/datasets", headers: server.operator });
    expect(Value.Errors(DatasetList, list.json())).toEqual([]);
    expect(list.json()).toContainEqual({ name: "photos", image: null, classes: 2, train: 8, test: 8 });
    const created = await create(planOn("photos", { train: 8, test: 8, shards: 2 }, ["one", "two", "three"]));
    expect(created.statusCode).toBe(201);
    const shards = await shardsOf(created.json().id);
    expect(shards.map(({ image }) => image)).toEqual([
      [6, 5, 1],
      [6, 5, 1],
    ]);
    expect(shards.flatMap(({ labels }) => [...labels]).sort()).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  });

  test("[H36] what a task cannot read of a data set is a problem of the plan, before there is a run", async () => {
    const numbers = await create(
      planOn("numbers", { train: 3, test: 3, shards: 1 }, ["one", "two", "three"]),
    );
    expect(numbers.statusCode).toBe(400);
    expect(numbers.json().detail).toMatch(
      /sample\/dataset must be readable for this task: .*got "1", "2", "3": rename/,
    );
    const labels = await create(planOn("unequal", { train: 195, test: 13 }, ["a", "b", "c", "d"]));
    expect(labels.json().detail).toMatch(/expected labels below 4, got 4 at 12: labels count from 0/);
  });

  test("[H10] the rows of a table are lent as one file a shard, classes and numbers alike", async () => {
    const lines = Array.from({ length: 70 }, (_, at) => `${at % 7},${at / 10},${at % 2}`);
    await put("rows/train.csv", Buffer.from(["x0,x1,y", ...lines].join("\n")));
    const shared = { kind: "mlp" as const, input: [2], hidden: [3] };
    const tasks = [
      taskOfNetwork({ ...shared, outputs: 2, loss: "cross-entropy" }),
      taskOfNetwork({ ...shared, outputs: 1, loss: "squared-error" }),
    ].map((task, at) => ({ ...task, id: `rows-${at}` }));
    const named = tasks.map((task) =>
      task.kind === "table-classification"
        ? { ...task, target: { column: "y", classes: ["0", "1"].map((name) => ({ name, values: [] })) } }
        : task,
    );
    for (const task of named) {
      const sample = { dataset: "rows", train: 60, test: 5, shards: 3, alpha: 1 };
      await put("rows/task.json", Buffer.from(JSON.stringify(definitionOf(named[0] as Plan["task"]))));
      const created = await create({ ...testPlan, task, dynafed: null, sample });
      expect([created.statusCode, created.json().problems ?? []]).toEqual([201, []]);
      const base = `/api/runs/${created.json().id}/shards`;
      const { shards } = (await server.app.inject(base)).json() as ShardList;
      let rows = 0;
      for (const { index, examples, perClass } of shards) {
        const answer = await server.app.inject(`${base}/${index}/rows`);
        expect(answer.statusCode).toBe(200);
        const shard = parseRowFile(gunzipSync(answer.rawPayload));
        expect([shard.kind, shard.count, shard.features]).toEqual([
          task.kind === "table-regression" ? "value-rows" : "rows",
          examples,
          2,
        ]);
        expect(perClass).toEqual(shard.kind === "rows" ? classSizes(shard) : []);
        rows += shard.count;
      }
      expect(rows).toBe(60);
      expect((await server.app.inject(`${base}/0/images`)).statusCode).toBe(404);
    }
    expect((await server.app.inject(`/api/runs/${server.run}/shards/0/rows`)).statusCode).toBe(404);
  });

  test("[H36] classes without examples are named in the log", async () => {
    const lines: string[] = [];
    const datasets = openDatasets(server.datasets, (line) => lines.push(line));
    expect((await datasets.list()).map(({ name }) => name)).toEqual([
      "numbers",
      "photos",
      "rows",
      "tiny",
      "unequal",
    ]);
    expect(lines).toEqual([
      expect.stringMatching(/unequal: no training examples of "class 0", "class 3": 2 of 5 classes/),
      expect.stringMatching(/unequal: no test examples of "class 0", "class 3"/),
    ]);
  });
});
