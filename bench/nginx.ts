import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ended, untilAnswers } from './servers';
import type { Server } from './servers';

/** nginx with dav_methods: the plain PUT/GET origin that people would otherwise run. One worker, as we have one process. */
export async function startNginx(directory: string, port: number): Promise<Server> {
  const root = join(directory, 'root');
  const temporary = join(directory, 'temporary');
  for (const path of [root, temporary]) mkdirSync(path, { recursive: true });
  const configuration = join(directory, 'nginx.conf');
  writeFileSync(
    configuration,
    `daemon off; worker_processes 1; user root; pid ${directory}/nginx.pid; error_log ${directory}/error.log;
     events { worker_connections 256; }
     http {
       access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
       client_body_temp_path ${temporary}; client_max_body_size 32m; client_body_buffer_size 128k;
       server {
         listen 127.0.0.1:${port};
         root ${root};
         location / { dav_methods PUT; create_full_put_path on; }
       }
     }`,
  );
  const child = spawn('nginx', ['-p', directory, '-c', configuration], { stdio: 'inherit' });
  await untilAnswers(`http://127.0.0.1:${port}/`);
  return { url: `http://127.0.0.1:${port}`, stop: () => ended(child) };
}
