/** Decodes what the server offers, one picture after another, with the page's own codecs, and sends back all results. */
import { networkInput } from "@tributary/datasets";
import { openCodecs } from "../../../apps/web-client/src/data/picture-codecs.ts";
import type { PictureAnswer, PictureCase } from "../picture-site.ts";

addEventListener("securitypolicyviolation", ({ violatedDirective }) => report(violatedDirective));
decodeAll().catch((error: unknown) => report(String(error)));

async function decodeAll(): Promise<void> {
  const codecs = openCodecs();
  const cases: readonly PictureCase[] = await (await fetch("/cases")).json();
  const answers: PictureAnswer[] = [];
  for (const { file, input } of cases) {
    const bytes = new Uint8Array(await (await fetch(`/pictures/${file}`)).arrayBuffer());
    const got = await networkInput(bytes, input, codecs);
    answers.push(
      got.outcome === "picture" ? { file, pixels: [...got.pixels] } : { file, reason: got.reason },
    );
  }
  await fetch("/answers", { method: "POST", body: JSON.stringify(answers) });
}

function report(fault: string): void {
  void fetch("/fault", { method: "POST", body: fault });
}
