import { aContainerDefinition } from "@berth/testing/builders";
import { expect, test } from "vitest";
import { payloadSources } from "./payload-sources.ts";

const SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf";
const FILE = { type: "s3" as const, value: "arn:aws:s3:::b/k.env" };
const OTHER = { type: "s3" as const, value: "arn:aws:s3:::b/other.env" };

test("secrets say which service of which region has them", () => {
  const container = aContainerDefinition({
    secrets: [
      { name: "A", valueFrom: `${SECRET}:password::` },
      { name: "B", valueFrom: "/token" },
      { name: "C", valueFrom: "arn:aws:ssm:eu-west-2:123456789012:parameter/token" },
    ],
    logConfiguration: { logDriver: "splunk", secretOptions: [{ name: "D", valueFrom: SECRET }] },
  });
  const { secrets = [] } = payloadSources(container, undefined, "us-east-1");
  expect(
    secrets.map(({ name, provider, region, target }) => [name, provider, region, target]),
  ).toEqual([
    ["A", "asm", "eu-west-1", "CONTAINER"],
    ["B", "ssm", "us-east-1", "CONTAINER"],
    ["C", "ssm", "eu-west-2", "CONTAINER"],
    ["D", "asm", "eu-west-1", "LOG_DRIVER"],
  ]);
});

test("the login of a registry is a secret of its ARN's region, else of this one", () => {
  const of = (credentialsParameter: string) =>
    payloadSources(
      aContainerDefinition({ repositoryCredentials: { credentialsParameter } }),
      undefined,
      "us-east-1",
    ).registryAuthentication?.asmAuthData;
  expect(of(SECRET)).toEqual({ credentialsParameter: SECRET, region: "eu-west-1" });
  expect(of("login")).toEqual({ credentialsParameter: "login", region: "us-east-1" });
});

test("files of an override take the place of the definition's", () => {
  const container = aContainerDefinition({ name: "web", environmentFiles: [FILE] });
  const filesOf = (override?: Parameters<typeof payloadSources>[1]) =>
    payloadSources(container, override, "us-east-1").environmentFiles;
  expect(filesOf()).toEqual([FILE]);
  expect(filesOf({ name: "web", environmentFiles: [OTHER] })).toEqual([OTHER]);
  expect(filesOf({ name: "web", environmentFiles: [] })).toBeUndefined();
});

test("a container that needs nothing is told of nothing", () => {
  const container = aContainerDefinition({ secrets: [], environmentFiles: [] });
  expect(payloadSources(container, undefined, "us-east-1")).toEqual({});
});
