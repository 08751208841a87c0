import { setTimeout as delay } from "node:timers/promises";
import { join } from "node:path";
import { EXIT_CODES, INSTALLATION_FILES } from "@berth/contracts/local/installation";
import type { ToldEvent } from "@berth/contracts/ecs-event";
import { EventReader } from "../event-reader.ts";
import { detailTypeOf, eventText, type EventType } from "../event-text.ts";

export interface EventsOptions {
  readonly dataDir: string;
  /** Go on with what comes. */
  readonly follow: boolean;
  /** All of them where none is named. */
  readonly type: readonly EventType[];
  /** How many of the past to begin with. */
  readonly lines: number;
  readonly json: boolean;
}

const POLL_INTERVAL_MS = 200;

/** `berth events`: what one machine's event bus took. Returns the exit code. */
export async function events(options: EventsOptions): Promise<number> {
  const reader = new EventReader(join(options.dataDir, INSTALLATION_FILES.events));
  const wanted = wantedTypes(options);
  const next = () => reader.read().filter(wanted);
  const past = next();
  print(past.slice(Math.max(0, past.length - options.lines)), options);
  const isOpen = whileSomebodyReads();
  while (options.follow && isOpen()) {
    await delay(POLL_INTERVAL_MS);
    print(next(), options);
  }
  return EXIT_CODES.ok;
}

function wantedTypes({ type }: EventsOptions): (event: ToldEvent) => boolean {
  const detailTypes = new Set<string>(type.map(detailTypeOf));
  return (event) => detailTypes.size === 0 || detailTypes.has(event["detail-type"]);
}

function print(found: readonly ToldEvent[], { json }: EventsOptions): void {
  for (const event of found) {
    process.stdout.write(`${json ? JSON.stringify(event) : eventText(event)}\n`);
  }
}

/** `berth events --follow | head -1` ends with its reader. */
function whileSomebodyReads(): () => boolean {
  let open = true;
  process.stdout.on("error", () => {
    open = false;
  });
  return () => open;
}
