import { ChildHost, type ChildOptions } from '../backend/child-host.js';
import type { Exit } from '../base/errors.js';
import { Lane } from '../link/lane.js';
import type { Link } from '../link/link.js';
import { TOKEN_VARIABLE } from '../link/token.js';
import { LaneNumber, type LinkOrder, type LinkReport, type RemoteStart } from '../protocol/link.js';
import { ROOT_VARIABLE } from '../target/root.js';

/** A connection to a caller, as a server has it. */
export type ServerLink = Link<LinkReport, LinkOrder>;

/** Throws what the operating system says against it. */
export function startChild(
  { env, isOutputWanted, execArgv, resourceLimits, depth }: RemoteStart,
  { root, onRecalled }: Pick<ChildOptions, 'onRecalled'> & { readonly root: string },
): ChildHost {
  const options: ChildOptions = {
    env: {
      ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value ?? undefined])),
      [TOKEN_VARIABLE]: undefined, // it is for this server, and none of the target's business
      [ROOT_VARIABLE]: root,
    },
    execArgv,
    resourceLimits,
    stdio: isOutputWanted ? 'pipe' : 'ignore',
    depth,
    onRecalled,
  };
  return new ChildHost(options);
}

/**
 * Lets a host and its caller talk, unopened. `first` goes before what the caller says. Resolves when the host is gone
 * and all it said and wrote is on its way.
 */
export async function relay(link: ServerLink, lane: Lane, child: ChildHost, first: readonly Buffer[]): Promise<Exit> {
  for (const chunk of first) child.orders.write(chunk);
  lane.pipe(child.orders);
  child.reports.on('error', () => {}); // the process is gone: its exit says so
  child.reports.pipe(lane);
  const output = (['stdout', 'stderr'] as const).flatMap((name) => {
    const stream = child[name];
    if (!stream) return [];
    const outputLane = new Lane(LaneNumber[name]);
    void link.attach(outputLane, LaneNumber[name]);
    stream.pipe(outputLane);
    stream.once('close', () => outputLane.end()); // without an end, if somebody else still holds it
    return [outputLane];
  });
  const drained = Promise.all([lane, ...output].map(finished));
  const exit = await child.exit();
  await Promise.race([drained, link.ended]);
  return exit;
}

function finished(lane: Lane): Promise<void> {
  return new Promise((resolve) => {
    lane.once('finish', resolve).once('close', resolve);
  });
}
