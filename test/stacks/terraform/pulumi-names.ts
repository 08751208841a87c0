import { snakeCase } from "./schema.ts";

/** Where Pulumi's name of a type is not Terraform's in camel case. */
const TYPES: Readonly<Record<string, string>> = {
  "aws:apigateway/account:Account": "aws_api_gateway_account",
  "aws:s3/bucketObjectv2:BucketObjectv2": "aws_s3_object",
};

/** Where Pulumi calls a property otherwise than Terraform, by Terraform's type. */
const PROPERTIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  aws_cloudwatch_metric_alarm: { name: "alarm_name" },
  aws_lambda_function: { name: "function_name" },
  aws_lambda_permission: { function: "function_name" },
};

/** `aws:sqs/queue:Queue` is `aws_sqs_queue`. */
export function terraformType(type: string): string {
  const [, module = "", kind = ""] = /^aws:(\w+)\/(\w+):\w+$/.exec(type) ?? [];
  return TYPES[type] ?? `aws_${module}_${snakeCase(kind)}`;
}

/** The name to look for in the provider's schema. */
export const terraformProperty = (type: string, property: string): string =>
  PROPERTIES[type]?.[property] ?? property;
