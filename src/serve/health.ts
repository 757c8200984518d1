import type { AnswerContext } from "./answer.ts";
import { jsonReply, type Reply } from "./reply.ts";

/**
 * Says that the server is alive: its network is loaded, and how many requests it has at hand.
 *
 * @param context What answers.
 * @returns The reply.
 */
export async function healthReply({ network, gate }: AnswerContext): Promise<Reply> {
  const { model, backend } = await network();
  return jsonReply({
    status: "ok",
    network: model.architecture.name,
    classNames: model.metadata.classNames,
    backend,
    requests: gate.count,
  });
}
