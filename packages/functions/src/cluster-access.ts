import type { Access } from "@berth/control-plane/access/authorize";
import { clusterName } from "@berth/control-plane/commands/identifiers";
import { clusterArn, type Scope } from "@berth/domain/arn";
import type { RestRequest } from "./rest-routes.ts";

/** For a call that is about one cluster, or about all of them where none is named. */
export const onOneClusterOrAll =
  (action: string) =>
  (scope: Scope, { parameters }: Pick<RestRequest, "parameters">): Access => {
    if (parameters["cluster"] === undefined) return { action, resources: [] };
    const cluster = clusterName(scope, parameters["cluster"]);
    return { action, resources: [clusterArn(scope, cluster)], cluster };
  };
