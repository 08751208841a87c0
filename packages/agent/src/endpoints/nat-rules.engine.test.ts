import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const MODULE = new URL("./nat-rules.ts", import.meta.url).href;

/** In a network namespace of its own: the machine's rules are those of its agents. */
async function rulesAfter(steps: string): Promise<string> {
  const program = `
    import { putNatRules, removeNatRules } from ${JSON.stringify(MODULE)};
    const bridge = { gateway: "172.17.0.1", subnet: "172.17.0.0/16" };
    ${steps}`;
  const node = [process.execPath, "--input-type=module", "--eval", program];
  const script = `"$@" && iptables -t nat -S | grep -c DNAT || true`;
  const args = ["--net", "sh", "-c", script, "sh", ...node];
  return (await promisify(execFile)("unshare", args)).stdout.trim();
}

test("rules that are put up twice are there once", async () => {
  expect(await rulesAfter("await putNatRules(bridge); await putNatRules(bridge);")).toBe("3");
});

test("rules by which no agent answers are taken away, and are missed by nobody", async () => {
  const steps = "await putNatRules(bridge); await removeNatRules(bridge);";
  expect(await rulesAfter(`${steps} await removeNatRules(bridge);`)).toBe("0");
});
