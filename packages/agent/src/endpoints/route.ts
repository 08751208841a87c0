/** What a path of the task endpoints is about. Source: agent protocol 7. */
export type EndpointRoute =
  | { readonly kind: "credentials"; readonly version: 1 | 2; readonly id: string }
  | {
      readonly kind: "metadata";
      readonly version: MetadataVersion;
      readonly id: string;
      readonly of: MetadataSubject;
    }
  | { readonly kind: "taskProtection"; readonly id: string };

export type MetadataVersion = 3 | 4;
export type MetadataSubject = "container" | "task" | "taskWithTags" | "stats" | "taskStats";

const SUBJECTS: ReadonlyMap<string, MetadataSubject> = new Map([
  ["", "container"],
  ["/task", "task"],
  ["/taskWithTags", "taskWithTags"],
  ["/stats", "stats"],
  ["/task/stats", "taskStats"],
]);

/** @returns undefined where there is no such path */
export function routeOf(path: string, query: URLSearchParams): EndpointRoute | undefined {
  if (path === "/v1/credentials") {
    return { kind: "credentials", version: 1, id: query.get("id") ?? "" };
  }
  const [, credentialsId] = /^\/v2\/credentials\/([^/]*)$/.exec(path) ?? [];
  if (credentialsId !== undefined) return { kind: "credentials", version: 2, id: credentialsId };
  const [, protectedId] = /^\/api\/([^/]*)\/task-protection\/v1\/state$/.exec(path) ?? [];
  if (protectedId !== undefined) return { kind: "taskProtection", id: protectedId };
  return metadataRoute(path);
}

function metadataRoute(path: string): EndpointRoute | undefined {
  const [, version, id = "", rest = ""] = /^\/v([34])\/([^/]*)(\/.*)?$/.exec(path) ?? [];
  const of = SUBJECTS.get(rest);
  if (version === undefined || of === undefined) return undefined;
  return { kind: "metadata", version: version === "3" ? 3 : 4, id, of };
}
