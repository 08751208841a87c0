import { aCandidate, taskId } from "@berth/testing/builders";
import { describe, expect, test } from "vitest";
import { matches } from "./matches.ts";
import { parseExpression } from "./parse-expression.ts";

/** 2018-06-18T22:28:28Z */
const REGISTERED_AT = 1_529_360_908_000;

const facts = {
  ...aCandidate({
    instance: {
      ec2InstanceId: "i-0123",
      versionInfo: { agentVersion: "1.27.0" },
      registeredAt: REGISTERED_AT,
      attributes: [
        { name: "ecs.instance-type", value: "g2.2xlarge" },
        { name: "zone", value: "us-east-1a" },
        { name: "rack", value: "9" },
        { name: "owner", value: "night shift" },
        { name: "efs" },
        { name: "label", value: "rack-9" },
        { name: "mixed", value: "9a" },
      ],
    },
  }),
  taskIds: [taskId("service:web", 1), taskId("family:batch", 1)],
};

function evaluate(text: string): boolean | string {
  const parsed = parseExpression(text);
  return parsed.kind === "expression" ? matches(parsed.expression, facts) : parsed.message;
}

describe("matches", () => {
  test.each<[string, boolean]>([
    ["attribute:zone == us-east-1a", true],
    ["attribute:zone equals 'us-east-1a'", true],
    ["attribute:zone == us-east-1", false],
    ["attribute:owner == 'night shift'", true],
    ["attribute:zone != us-east-1a", false],
    ["attribute:zone not_equals us-east-1b", true],
    ["attribute:absent == a", false],
    ["attribute:absent != a", true],
    ["attribute:zone exists", true],
    ["attribute:efs exists", true],
    ["attribute:absent exists", false],
    ["attribute:absent !exists", true],
    ["attribute:zone not_exists", false],
    ["attribute:zone in [us-east-1a, us-east-1b]", true],
    ["attribute:zone in ['us-east-1b','us-east-1c']", false],
    ["attribute:zone !in [us-east-1a]", false],
    ["attribute:absent not_in [us-east-1a]", true],
    ["attribute:ecs.instance-type =~ g2.*", true],
    ["attribute:ecs.instance-type =~ g2", false],
    ["attribute:ecs.instance-type =~ 2xlarge", false],
    ["attribute:ecs.instance-type !~ t2.*", true],
    ["attribute:ecs.instance-type matches '(t|g)2[.].*'", true],
    ["(attribute:ecs.instance-type matches (t|g)2[.].*)", true],
    ["attribute:ecs.instance-type not_matches g.+", false],
    ["attribute:rack > 10", false],
    ["attribute:rack < 10", true],
    ["attribute:zone > us-east-1", true],
    ["attribute:zone <= us-east-1", false],
    ["attribute:zone <= us-east-1a", true],
    ["attribute:zone >= us-east-1a", true],
    ["attribute:zone < us-east-1b", true],
    ["attribute:zone >= us-east-1b", false],
    // Texts and numbers are compared as texts.
    ["attribute:rack < b", true],
    ["attribute:zone < 10", false],
    ["attribute:label > rack-10", true],
    ["attribute:mixed > 10a", true],
    ["attribute:absent < 10", false],
    ["attribute:efs == ''", true],
    ["agentConnected == true", true],
    ["agentConnected == false", false],
    ["ec2InstanceId in ['i-0123', 'i-9']", true],
    ["ec2InstanceId =~ i-.*", true],
    ["agentConnected in [true]", true],
    ["agentConnected =~ t.*", true],
    ["agentVersion == 1.27", true],
    ["agentVersion == 1.28", false],
    ["agentVersion < 1.27.0.1", true],
    ["agentVersion != 1.27.0", false],
    ["agentVersion >= 1.9.0", true],
    ["agentVersion > 1.27.0", false],
    ["agentVersion < 1.27.1", true],
    ["agentVersion less_than_equal 1.27.0", true],
    ["runningTasksCount == 2", true],
    ["runningTasksCount == 02", true],
    ["runningTasksCount == 12", false],
    ["runningTasksCount greater_than 2", false],
    ["runningTasksCount greater_than_equal 2", true],
    ["runningTasksCount less_than 2", false],
    ["registeredAt == 2018-06-18T22:28:28+00:00", true],
    ["registeredAt == 2018-06-19T00:28:28+02:00", true],
    ["registeredAt == 2018-06-18T17:58:28-04:30", true],
    ["registeredAt == 2018-06-18T22:28:28Z", true],
    ["registeredAt == 2018-06-18T22:28:28", true],
    ["registeredAt == 2018-06-18T22:28:28.512Z", true],
    ["registeredAt >= 2018-06-18", true],
    ["registeredAt > 2018-06-19", false],
    ["task:group == service:web", true],
    ["task:group == service:api", false],
    ["task:group != service:web", false],
    ["task:group in [service:api, family:batch]", true],
    ["task:group not_in [service:api]", true],
    [" attribute:efs exists ", true],
    ["not agentConnected == false", true],
    ["!(agentConnected == true)", false],
    ["not not agentConnected == true", true],
    ["attribute:efs exists and agentConnected == false", false],
    ["attribute:efs exists&&agentConnected==true", true],
    ["attribute:efs exists or agentConnected == false", true],
    ["attribute:absent exists||agentConnected == false", false],
    // `and` binds tighter than `or`, `not` tighter than both.
    ["attribute:efs exists or attribute:absent exists and attribute:absent exists", true],
    ["(attribute:efs exists or attribute:absent exists) and attribute:absent exists", false],
    ["not attribute:absent exists and attribute:absent exists", false],
    ["attribute:order == a or attribute:index exists or attribute:efs exists", true],
  ])("%s: %s", (text, expected) => {
    expect(evaluate(text)).toBe(expected);
  });

  test.each([
    ["1970-01-01", 0],
    ["1969-12-31", -86_400_000],
    ["2000-02-29", 951_782_400_000],
    ["2100-03-01", 4_107_542_400_000],
    ["2024-12-31T23:59:59Z", 1_735_689_599_000],
  ])("reads the date %s", (date, at) => {
    const parsed = parseExpression(`registeredAt == ${date}`);
    const on = { ...facts, instance: { ...facts.instance, registeredAt: at } };
    expect(parsed.kind === "expression" && matches(parsed.expression, on)).toBe(true);
  });
});
