// What HTML alone cannot do. Every page works without it.
"use strict";
