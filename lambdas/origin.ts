import { EventDirectory } from '../origin/events/event-directory';
import { TimelineMemory } from '../origin/manifests/timeline-memory';
import type { Origin } from '../origin/origin';
import { RecentBytes } from '../origin/serve/recent-bytes';
import { makeServing } from '../origin/serve/serving';
import { awsEvents, awsRegion } from '../stores/aws';
import { nodeDigester } from '../stores/node-digester';
import { streamedInvalidations } from '../stores/aws/invalidations';
import { systemClock } from '../stores/system-clock';
import { systemRandom } from '../stores/system-random';
import { DEPLOYMENT, type DeploymentEnvironment, variable } from './environment';

/**
 * The origin of the function's own region, wired to its stores and to those of the other regions. Made once for each
 * instance of a function: connections and the memory of events outlive a request.
 * @param readEventsFrom the region whose replica of the events table is read. Default: the deployment's choice.
 */
export function originOf(environment: NodeJS.ProcessEnv, readEventsFrom?: 'home'): Origin {
  const deployment = JSON.parse(variable(environment, DEPLOYMENT)) as DeploymentEnvironment;
  const { region, regions } = deployment;
  const clock = systemClock;
  const own = regions.find((config) => config.region === region);
  if (own === undefined)
    throw new Error(`${DEPLOYMENT}.regions: wanted ${region} among them, got none of it`);
  const { homeRegion, readRegion, table } = deployment.events;
  const { events, credentials, operatorTokens } = awsEvents(
    { table, homeRegion, readRegion: readEventsFrom === 'home' ? homeRegion : readRegion },
    clock,
  );
  return {
    clock,
    digester: nodeDigester,
    local: awsRegion(own, clock, 'near'),
    peers: regions.filter((config) => config !== own).map((config) => awsRegion(config, clock, 'far')),
    eventStore: events,
    credentials,
    operatorTokens,
    events: new EventDirectory(events, clock, systemRandom),
    timelines: new TimelineMemory(),
    ...(deployment.edgeFollows && { invalidator: streamedInvalidations }),
    // Other functions write candidates, and nobody tells this one.
    serving: makeServing({ clock, region, bytes: recentBytes(environment), isTold: false }),
  };
}

/** The part of an origin that tells who a credential speaks for: no segment store, so none of S3's client is loaded. */
export function credentialsOf(
  environment: NodeJS.ProcessEnv,
): Pick<Origin, 'clock' | 'credentials' | 'digester'> {
  const { events } = JSON.parse(variable(environment, DEPLOYMENT)) as DeploymentEnvironment;
  const { credentials } = awsEvents(events, systemClock);
  return { clock: systemClock, credentials, digester: nodeDigester };
}

/** A quarter of the function's memory holds the newest segments; the rest is Node's, and what is under way. */
function recentBytes({ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: megabytes }: NodeJS.ProcessEnv): RecentBytes {
  return new RecentBytes((Number(megabytes ?? 512) / 4) * 2 ** 20);
}
