import { expect, test } from "vitest";
import { welcome } from "./welcome.ts";

const text = welcome(
  {
    url: "http://127.0.0.1:23784",
    region: "us-east-1",
    accessKeyId: "AKIA0000000000000000",
    secretAccessKey: "a/b+c",
  },
  { instances: 3, addressBlock: 1 },
);

test("its export lines can be picked out by what they begin with", () => {
  const lines = text.split("\n").filter((line) => line.startsWith("export "));
  expect(lines).toEqual([
    "export AWS_ENDPOINT_URL=http://127.0.0.1:23784",
    "export AWS_ACCESS_KEY_ID=AKIA0000000000000000",
    "export AWS_SECRET_ACCESS_KEY=a/b+c",
    "export AWS_REGION=us-east-1",
    "export AWS_DEFAULT_REGION=us-east-1",
  ]);
});

test("the container definitions that it proposes are valid JSON", () => {
  const [, json = ""] = /--container-definitions \\\n\s+'(.*)'/.exec(text) ?? [];
  expect(JSON.parse(json)).toMatchObject([{ name: "web", image: "berth/demo:1" }]);
});
