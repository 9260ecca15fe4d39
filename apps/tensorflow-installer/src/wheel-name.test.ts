import fc from "fast-check";
import { expect, test } from "vitest";
import {
  compareVersions,
  misfit,
  type Platform,
  parseWheelName,
  platformRefusal,
  requirementsOfExtra,
  satisfies,
} from "./wheel-name.ts";

const here: Platform = { os: "linux", arch: "x64", glibc: "2.36" };
const wheel = (fileName: string) => {
  const name = parseWheelName(fileName);
  if (name === null) throw new Error(`${fileName} is a wheel's name`);
  return name;
};

test("[B1] a wheel fits by its platform alone, whatever its Python", () => {
  for (const python of ["cp39-cp39", "cp313-cp313", "py3-none"]) {
    expect(misfit(wheel(`tensorflow_cpu-2.21.0-${python}-manylinux_2_27_x86_64.whl`), here)).toBeNull();
  }
  const two = "tensorflow-2.14.0-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl";
  expect(wheel(two)).toEqual({
    project: "tensorflow",
    version: "2.14.0",
    python: "cp311",
    platforms: ["manylinux_2_17_x86_64", "manylinux2014_x86_64"],
  });
  expect(misfit(wheel(two), here)).toBeNull();
});

test("[B1] a wheel for another system, processor or newer C library does not fit, and says what it wants", () => {
  const reason = (tag: string, platform = here) =>
    misfit(wheel(`tensorflow-2.21.0-cp313-cp313-${tag}.whl`), platform);
  expect(reason("win_amd64")).toBe("made for win_amd64");
  expect(reason("manylinux_2_27_aarch64")).toBe("made for manylinux_2_27_aarch64");
  expect(reason("manylinux_2_39_x86_64")).toBe("wants glibc 2.39");
  expect(reason("manylinux_2_27_x86_64", { ...here, glibc: "2.5" })).toBe("wants glibc 2.27");
  expect(parseWheelName("tensorflow-2.21.0.tar.gz")).toBeNull();
});

test("[B1] a platform without any wheel is refused before anything is fetched", () => {
  expect(platformRefusal(here)).toBeNull();
  expect(platformRefusal({ os: "darwin", arch: "arm64", glibc: null })).toBe(
    "only Linux is supported, this is darwin",
  );
  expect(platformRefusal({ ...here, arch: "riscv64" })).toContain("riscv64");
  expect(platformRefusal({ ...here, glibc: null })).toContain("GNU C library");
});

test("[B2] versions are ordered by their numbers, and clauses hold as they say", () => {
  const version = fc.array(fc.nat(30), { minLength: 1, maxLength: 4 }).map((parts) => parts.join("."));
  let equal = 0;
  fc.assert(
    fc.property(version, version, (a, b) => {
      const order = Math.sign(compareVersions(a, b));
      if (order === 0) equal++;
      expect(order).toBe(-Math.sign(compareVersions(b, a)) + 0);
      expect(satisfies(a, `<${b}`)).toBe(order < 0);
      expect(satisfies(a, `>=${b}`)).toBe(order >= 0);
      expect(satisfies(a, `>=${b},!=${b}`)).toBe(order > 0);
      expect(satisfies(a, `==${b}`)).toBe(order === 0);
    }),
    {
      examples: [
        ["1", "1.0"],
        ["2.9", "2.21"],
        ["3", "3"],
      ],
      numRuns: 300,
    },
  );
  expect(equal).toBeGreaterThan(0);
  expect(satisfies("12.9.1.4", "<13.0,>=12.5.3.2")).toBe(true);
  expect(satisfies("13.0", "<13.0,>=12.5.3.2")).toBe(false);
  expect(() => satisfies("1.0", "~=1.0")).toThrow('not understood: "~=1.0"');
});

test("[B2] of a wheel's requirements, those of the extra are taken", () => {
  const metadata = [
    "Requires-Dist: numpy>=1.26.0",
    'Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"',
    "Requires-Dist: nvidia_cudnn_cu12 (<10.0,>=9.3) ; extra == 'and-cuda'",
    'Requires-Dist: tensorflow-io>=0.23; (sys_platform != "win32") and extra == "gcs"',
  ].join("\r\n");
  expect(requirementsOfExtra(metadata, "and-cuda")).toEqual([
    { project: "nvidia-cublas-cu12", specifier: "<13.0,>=12.5.3.2" },
    { project: "nvidia-cudnn-cu12", specifier: "<10.0,>=9.3" },
  ]);
});
