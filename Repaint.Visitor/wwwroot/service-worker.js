self.importScripts("/service-worker-assets.js");
