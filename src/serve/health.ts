import type { AnswerContext } from "./answer.ts";

/**
 * Says that the server is alive: its network is loaded, and how many requests it has at hand.
 *
 * @param context What answers.
 * @returns The response.
 */
export async function healthResponse({ network, gate }: AnswerContext): Promise<Response> {
  const { model, backend } = await network();
  const body = {
    status: "ok",
    network: model.architecture.name,
    classNames: model.metadata.classNames,
    backend,
    requests: gate.count,
  };
  return new Response(JSON.stringify(body), {
    headers: { "content-type": "application/json", "cache-control": "no-store" },
  });
}
