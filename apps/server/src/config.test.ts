import { describe, expect, it } from "vitest";
import { readConfig } from "./config.ts";

const problemsOf = (environment: Record<string, string>) => {
  const outcome = readConfig(environment, "/srv");
  return outcome.ok ? [] : outcome.problems.map(({ path, message }) => `${path} ${message}`);
};

describe("readConfig", () => {
  it("[H1] an empty environment gives the defaults: loopback, port 8080, embedded database, demo run", () => {
    const outcome = readConfig({}, "/srv");
    expect(outcome).toMatchObject({
      ok: true,
      config: {
        host: "127.0.0.1",
        port: 8080,
        database: { kind: "embedded" },
        homeDirectory: expect.stringMatching(/\.tributary$/),
        computeBackend: "auto",
        compute: "child",
        publicUrl: null,
        trustProxy: false,
        adminToken: null,
        demoRun: "create",
      },
    });
  });

  it.each([
    ["PORT", "80a80", '"80a80"'],
    ["PORT", "70000", '"70000"'],
    ["HOST", "two words", '"two words"'],
    ["DATABASE_URL", "mysql://localhost/x", '"mysql://localhost/x"'],
    ["COMPUTE_BACKEND", "cuda", '"cuda"'],
    ["COMPUTE", "thread", '"thread"'],
    ["LOG_LEVEL", "loud", '"loud"'],
    ["PUBLIC_URL", "example.org", '"example.org"'],
    ["TRUST_PROXY", "yes", '"yes"'],
    ["TRIBUTARY_DEMO_RUN", "maybe", '"maybe"'],
  ])("[H2] a wrong %s is refused with a message that quotes it (%s)", (name, value, quoted) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`${name} must be`);
    expect(problems[0]).toContain(quoted);
  });

  it("[H2] all wrong variables are named at once, and no message shows a token or a password", () => {
    const problems = problemsOf({
      PORT: "x",
      TRIBUTARY_ADMIN_TOKEN: "short-secret",
      DATABASE_URL: "http://me:hunter2@db/x",
    });
    expect(problems).toHaveLength(3);
    expect(problems.join("\n")).not.toContain("short-secret");
    expect(problems.join("\n")).not.toContain("hunter2");
  });

  it("[H1] given values are taken: a database address, folders relative to the working folder, a public address", () => {
    const outcome = readConfig(
      {
        DATABASE_URL: "postgresql://u:p@db:5432/x?sslmode=require",
        TRIBUTARY_HOME: "state",
        TRIBUTARY_DATASETS: "/data",
        PUBLIC_URL: "https://learn.example.org/",
        TRUST_PROXY: "true",
        PORT: "0",
      },
      "/srv",
    );
    expect(outcome).toMatchObject({
      ok: true,
      config: {
        database: { kind: "external", url: "postgresql://u:p@db:5432/x?sslmode=require" },
        homeDirectory: "/srv/state",
        datasetsDirectory: "/data",
        publicUrl: "https://learn.example.org",
        trustProxy: true,
        port: 0,
      },
    });
  });
});
