// Opens the document in Swagger UI. A login that is tried here is what the other operations are tried with.
'use strict';

const SCHEME = 'bearer';

// Where there is demonstration data, the first request is one that works.
function withDemonstrationLogin(specification) {
  const { username, password } = document.body.dataset;
  if (username) {
    const { content } = specification.paths['/auth/login'].post.requestBody;
    content['application/json'].example = { username, password };
  }
  return specification;
}

function show(specification) {
  const ui = SwaggerUIBundle({
    spec: specification,
    dom_id: '#swagger-ui',
    deepLinking: true,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    tryItOutEnabled: true,
    presets: [SwaggerUIBundle.presets.apis],
    responseInterceptor(response) {
      if (response.ok && new URL(response.url, location.href).pathname === '/auth/login') {
        ui.preauthorizeApiKey(SCHEME, response.body.access_token);
      }
      return response;
    },
  });
}

document.documentElement.classList.toggle('dark-mode', matchMedia('(prefers-color-scheme: dark)').matches);

fetch('/api-docs/openapi.json')
  .then((response) => {
    if (!response.ok) {
      throw new Error(`${response.status} ${response.statusText}`);
    }
    return response.json();
  })
  .then((specification) => show(withDemonstrationLogin(specification)))
  .catch((error) => {
    const { unavailable } = document.body.dataset;
    document.getElementById('swagger-ui').textContent = `${unavailable} (${error.message})`;
  });
