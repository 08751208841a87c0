/** A request of a container, as far as anything depends on it. */
export interface EndpointRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
}

export interface EndpointAnswer {
  readonly status: number;
  readonly contentType: "application/json" | "text/plain; charset=utf-8";
  readonly body: string;
}

/** @returns undefined where the request is about no container of this agent's */
export type AnswerRequest = (request: EndpointRequest) => Promise<EndpointAnswer | undefined>;

export const json = (status: number, value: unknown): EndpointAnswer => ({
  status,
  contentType: "application/json",
  body: JSON.stringify(value),
});

export const text = (status: number, body: string): EndpointAnswer => ({
  status,
  contentType: "text/plain; charset=utf-8",
  body,
});
