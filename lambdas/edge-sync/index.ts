import { awsEvents } from '../../stores/aws';
import { cloudFrontInvalidations } from '../../stores/aws/cloudfront-invalidations';
import { cloudFrontClient, keyValueStoreClient } from '../../stores/aws/edge-clients';
import { cloudFrontKeyValues } from '../../stores/aws/edge-key-values';
import type { AwsEventsConfig } from '../../stores/aws/schema';
import { nodeDigester } from '../../stores/node-digester';
import { systemClock } from '../../stores/system-clock';
import { variable } from '../environment';
import { SERVICES } from '../metric-names';
import { telemetryOf } from '../telemetry';
import { EDGE_SYNC, type EdgeSyncEnvironment, EVENTS } from './environment';
import { edgeSyncHandler } from './handler';

const { keyValueStoreArn, distributionId } = JSON.parse(
  variable(process.env, EDGE_SYNC),
) as EdgeSyncEnvironment;
const config = JSON.parse(variable(process.env, EVENTS)) as AwsEventsConfig;
const telemetry = telemetryOf(SERVICES.edgeSync);

export const handler = edgeSyncHandler(
  {
    events: awsEvents(config, systemClock).events,
    keyValues: cloudFrontKeyValues(keyValueStoreClient(), keyValueStoreArn),
    clock: systemClock,
    digester: nodeDigester,
    onUnreadable: (key, error) => {
      telemetry.count('Unreadable', key);
      telemetry.log.error('an event cannot be told to edges', { ...key, error });
    },
  },
  cloudFrontInvalidations(cloudFrontClient(), distributionId),
  telemetry,
);
