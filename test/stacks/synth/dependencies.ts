import type { RecordedResource } from "./mocks.ts";

/** What a program asks Pulumi's engine for: a protocol buffer. */
interface RegisterRequest {
  getType(): string;
  getName(): string;
  getDependenciesList(): readonly string[];
  getRetainondelete(): boolean;
}

/** The part of Pulumi's mock engine that hears of dependencies. */
export interface Monitor {
  registerResource(request: RegisterRequest, callback: unknown): unknown;
}

/**
 * Listens to what the mocks are not told: what each resource waits for, and whether it outlives the
 * deployment. Call before the program runs; the answer completes what was recorded.
 */
export function watchDependencies(monitor: Monitor) {
  const heard = new Map<string, Pick<RecordedResource, "dependsOn" | "retained">>();
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    heard.set(`${request.getType()}::${request.getName()}`, {
      dependsOn: request.getDependenciesList().map(shortUrn),
      ...(request.getRetainondelete() && { retained: true }),
    });
    return register(request, callback);
  };
  return (recorded: readonly RecordedResource[]): readonly RecordedResource[] =>
    recorded.map((each) => ({
      ...each,
      ...(heard.get(`${each.type}::${each.name}`) ?? { dependsOn: [] }),
    }));
}

/** `urn:pulumi:stage::app::parent$type::name` without what is the same everywhere. */
function shortUrn(urn: string): string {
  const [, , types = "", name = ""] = urn.split("::");
  return `${types.split("$").at(-1)}::${name}`;
}
