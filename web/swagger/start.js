/* global SwaggerUIBundle */
// A page of this server alone: the list of servers has one entry, and what stands above the operations is the banner.
function ours({ React }) {
    const banner = (Original) => (props) =>
        React.createElement('div', { role: 'banner' }, React.createElement(Original, props));
    return { wrapComponents: { ServersContainer: () => () => null, InfoContainer: banner } };
}

window.ui = SwaggerUIBundle({
    url: '/api/schema/',
    dom_id: '#swagger',
    deepLinking: true,
    validatorUrl: null,
    plugins: [ours],
});
