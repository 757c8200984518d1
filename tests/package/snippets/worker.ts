import { LeNet, LeNetError, warmUp } from "@x/lenet/workers";

const net = await LeNet.load();
await warmUp(net); // while the Worker starts, which has more time than a request

export default {
  fetch: async (request: Request): Promise<Response> => {
    try {
      return Response.json(await net.classify(request));
    } catch (error) {
      if (!(error instanceof LeNetError)) throw error;
      return Response.json({ code: error.code, message: error.message }, { status: 400 });
    }
  },
};
