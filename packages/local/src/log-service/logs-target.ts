/** How requests to CloudWatch Logs are known: the beginning of their `X-Amz-Target`. */
export const LOGS_TARGET = "Logs_20140328.";
