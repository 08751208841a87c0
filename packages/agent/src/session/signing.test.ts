import { ECSClient } from "@aws-sdk/client-ecs";
import { verifySignature } from "@berth/contracts/sigv4";
import { expect, test } from "vitest";
import { urlSigner } from "./signing.ts";
import { socketUrl } from "./socket.ts";

test.each([
  { name: "a plain endpoint", endpoint: "http://127.0.0.1:4510" },
  { name: "an endpoint with a stage", endpoint: "https://api.example.com/prod/" },
])("signs the URL of $name as the control plane verifies it", async ({ endpoint }) => {
  const credentials = { accessKeyId: "AKIAROOT", secretAccessKey: "secret" };
  const sign = urlSigner(new ECSClient({ region: "eu-west-1", credentials }));
  const url = socketUrl(endpoint, {
    clusterArn: "arn:aws:ecs:eu-west-1:000000000000:cluster/a b+c",
    dockerVersion: "DockerVersion: 20.10.24+dfsg1",
  });
  const request = {
    method: "GET",
    path: url.pathname,
    query: url.search.slice(1),
    headers: await sign(url),
    body: "",
  };
  const caller = await verifySignature(request, {
    findAccessKey: () => ({ secretAccessKey: "secret", principalArn: "arn:root" }),
    now: Date.now(),
  });
  expect(caller).toMatchObject({ principalArn: "arn:root" });
});
