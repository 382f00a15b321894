/**
 * Actions that MiniStack 1.5.33 takes for granted, and why; test/lib/least-privilege.test.ts asserts them in the
 * templates instead. Whether this list is still right is tested too.
 */
export const UNENFORCED: Readonly<Record<string, string>> = {
  'logs:CreateLogStream': 'it writes the logs of functions itself',
  'logs:PutLogEvents': 'it writes the logs of functions itself',
  'dynamodb:DescribeStream': 'its event source reads the stream by itself',
  'dynamodb:GetRecords': 'its event source reads the stream by itself',
  'dynamodb:GetShardIterator': 'its event source reads the stream by itself',
  'dynamodb:ListStreams': 'its event source reads the stream by itself',
  'sqs:GetQueueAttributes': 'its event source writes to the queue by itself',
  'sqs:GetQueueUrl': 'its event source writes to the queue by itself',
  'sqs:SendMessage': 'its event source writes to the queue by itself',
  's3:PutObjectTagging': 'tags that come with a PUT are not looked at',
  's3:ListBucket': 'a missing object is 404 to everybody, on S3 only to who may list',
};
