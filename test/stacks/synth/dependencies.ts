import type { RecordedResource } from "./mocks.ts";

/** What a program asks Pulumi's engine for: a protocol buffer. */
interface RegisterRequest {
  getType(): string;
  getName(): string;
  getDependenciesList(): readonly string[];
}

/** The part of Pulumi's mock engine that hears of dependencies. */
export interface Monitor {
  registerResource(request: RegisterRequest, callback: unknown): unknown;
}

/**
 * Listens to what the mocks are not told: what each resource waits for. Call before the program
 * runs; the answer completes what was recorded.
 */
export function watchDependencies(monitor: Monitor) {
  const heard = new Map<string, readonly string[]>();
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    const dependencies = request.getDependenciesList().map(shortUrn);
    heard.set(`${request.getType()}::${request.getName()}`, dependencies);
    return register(request, callback);
  };
  return (recorded: readonly RecordedResource[]): readonly RecordedResource[] =>
    recorded.map((each) => ({
      ...each,
      dependsOn: heard.get(`${each.type}::${each.name}`) ?? [],
    }));
}

/** `urn:pulumi:stage::app::parent$type::name` without what is the same everywhere. */
function shortUrn(urn: string): string {
  const [, , types = "", name = ""] = urn.split("::");
  return `${types.split("$").at(-1)}::${name}`;
}
