// The API without a browser: for what a test finds, and for what it compares the page with.

export class Client {
  #url;
  #token;

  constructor(url, token) {
    this.#url = url;
    this.#token = token;
  }

  static async login(url, { username, password }) {
    const client = new Client(url, null);
    const body = await client.ok("POST", "/auth/login", { username, password, refresh: "none" });
    return new Client(url, body.access_token);
  }

  /** The answer, whatever it is. */
  async ask(method, path, body, headers = {}) {
    const isText = typeof body === "string";
    return fetch(this.#url + path, {
      method,
      headers: {
        ...(this.#token && { Authorization: `Bearer ${this.#token}` }),
        ...(body !== undefined && { "Content-Type": isText ? "text/csv" : "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
    });
  }

  /** The body of an answer that has to be good. */
  async ok(method, path, body) {
    const answer = await this.ask(method, path, body);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 500)}`);
    return text ? JSON.parse(text) : null;
  }
}
