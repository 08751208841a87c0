import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";

export function json(statusCode: number, value: unknown): APIGatewayProxyStructuredResultV2 {
  return jsonText(statusCode, JSON.stringify(value));
}

/** @param text JSON, or nothing */
export function jsonText(statusCode: number, text: string): APIGatewayProxyStructuredResultV2 {
  if (text === "") return { statusCode: 204 };
  return { statusCode, headers: { "content-type": "application/json" }, body: text };
}
