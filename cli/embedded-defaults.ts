/** Where `headwater start` keeps its data and listens unless told otherwise, and where other commands look for it. */
export const EMBEDDED = {
  data: '.headwater',
  tokenFile: 'control-token',
  host: '127.0.0.1',
  edgePort: 8080,
  regions: [
    { name: 'us-east-1', port: 8081 },
    { name: 'us-west-2', port: 8082 },
  ],
} as const;
