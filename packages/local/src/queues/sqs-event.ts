import type { Message } from "@aws-sdk/client-sqs";
import type { SQSEvent, SQSRecord } from "aws-lambda";

/** Received messages in the form in which Lambda's event source mapping hands them to a function. */
export function toSqsEvent(
  messages: readonly Message[],
  source: { readonly queueArn: string; readonly region: string },
): SQSEvent {
  return { Records: messages.map((message) => toRecord(message, source)) };
}

function toRecord(
  message: Message,
  source: { readonly queueArn: string; readonly region: string },
): SQSRecord {
  return {
    messageId: message.MessageId ?? "",
    receiptHandle: message.ReceiptHandle ?? "",
    body: message.Body ?? "",
    attributes: message.Attributes as unknown as SQSRecord["attributes"],
    messageAttributes: {},
    md5OfBody: message.MD5OfBody ?? "",
    eventSource: "aws:sqs",
    eventSourceARN: source.queueArn,
    awsRegion: source.region,
  };
}
