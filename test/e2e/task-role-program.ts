/**
 * Runs inside of a container: an AWS SDK as everybody installs it, which finds its region and its
 * credentials by itself, and says every second what became of its calls.
 */
import { setTimeout as delay } from "node:timers/promises";
import { ECSClient, ListClustersCommand, ListServicesCommand } from "@aws-sdk/client-ecs";

const ecs = new ECSClient({});

process.once("SIGTERM", () => process.exit(0));

for (;;) {
  const { accessKeyId } = await ecs.config.credentials();
  const outcomes = [
    await outcomeOf(() => ecs.send(new ListClustersCommand())),
    await outcomeOf(() => ecs.send(new ListServicesCommand())),
  ];
  process.stdout.write(`${accessKeyId} ${outcomes.join(" ")}\n`);
  await delay(1_000);
}

async function outcomeOf(call: () => Promise<unknown>): Promise<string> {
  try {
    await call();
    return "ok";
  } catch (error) {
    return (error as Error).name;
  }
}
