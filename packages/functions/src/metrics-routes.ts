import { gzipSync } from "node:zlib";
import {
  type ClusterMetrics,
  clusterMetricsQuery,
  metricsQuery,
  type WholeClusterMetrics,
} from "@berth/contracts/rest/metrics";
import { clusterName, taskId } from "@berth/control-plane/commands/identifiers";
import {
  getClusterMetrics,
  getMetrics,
  getTaskSeries,
} from "@berth/control-plane/rest/get-metrics";
import { taskArn } from "@berth/domain/arn";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { onOneClusterOrAll } from "./cluster-access.ts";
import { json } from "./json-response.ts";
import { clusterFamilies } from "./prometheus/cluster-families.ts";
import { PROMETHEUS_TYPE, prometheusText } from "./prometheus/text.ts";
import { readBody } from "./rest-call.ts";
import type { RestCall } from "./rest-once.ts";
import { parametersOf, type RestRoutes } from "./rest-routes.ts";

const toClusters = onOneClusterOrAll("berth:GetClusterMetrics");

/** What containers use, and what there is to use: as JSON, and as Prometheus reads it (ADR 0035). */
export const metricsRoutes: RestRoutes = {
  "GET /v1/metrics": {
    kind: "raw",
    access: toClusters,
    call: async (context, call) => {
      const { cluster, format, include } = readBody(metricsQuery, parametersOf(call));
      const clusters = await getMetrics(context, cluster);
      if (format === "prometheus" || (format === undefined && acceptsText(call))) {
        return zipped(call, {
          statusCode: 200,
          headers: { "content-type": PROMETHEUS_TYPE },
          body: prometheusText(clusterFamilies(clusters)),
        });
      }
      const shown = clusters.map((each) => (include ? each : withoutTasks(each)));
      return zipped(call, json(200, { clusters: shown }));
    },
  },
  "GET /v1/clusters/:cluster/metrics": {
    kind: "raw",
    access: toClusters,
    call: async (context, call) => {
      const { include } = readBody(clusterMetricsQuery, parametersOf(call));
      const metrics = await getClusterMetrics(context, call.path["cluster"]);
      return zipped(call, json(200, include ? metrics : withoutTasks(metrics)));
    },
  },
  "GET /v1/clusters/:cluster/tasks/:task/metrics": {
    kind: "raw",
    access: (scope, { parameters }) => {
      const cluster = clusterName(scope, parameters["cluster"]);
      const id = taskId(scope, cluster, parameters["task"] ?? "");
      return {
        action: "berth:GetTaskMetrics",
        resources: [taskArn(scope, cluster, id)],
        cluster,
      };
    },
    call: async (context, call) => {
      const { cluster = "", task = "" } = call.path;
      return zipped(call, json(200, await getTaskSeries(context, { cluster, task })));
    },
  },
};

/** Prometheus accepts anything, but says what it would rather have. */
const acceptsText = ({ headers }: RestCall): boolean =>
  /\b(text\/plain|application\/openmetrics-text)\b/.test(headers["accept"] ?? "");

function withoutTasks(metrics: WholeClusterMetrics): ClusterMetrics {
  const { tasks: _, ...others } = metrics;
  return others;
}

/** A function's answer holds 6 MB; zipped, figures are a twentieth. */
function zipped(
  { headers }: RestCall,
  answer: APIGatewayProxyStructuredResultV2,
): APIGatewayProxyStructuredResultV2 {
  const type = { ...answer.headers, vary: "accept, accept-encoding" };
  if (!/\bgzip\b/.test(headers["accept-encoding"] ?? "")) return { ...answer, headers: type };
  return {
    ...answer,
    headers: { ...type, "content-encoding": "gzip" },
    body: gzipSync(answer.body ?? "").toString("base64"),
    isBase64Encoded: true,
  };
}
